"""What is wrong in rows before they are in the CRM, and which records are likely the same.

compare   how alike two values are, and what that tells
records   what is compared, and what is found
matching  likely pairs in any list of records, with their score and reasons
schemes   how contacts, leads and companies are compared
checks    what a single row shows: addresses, numbers, days, owners
assess    all of it over an import that was read
findings  what was found, listed with its rows; mergers for all pairs above a score
"""
